/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Kernels that are all there, and kernels that are cut short at any byte.
 */
#include <string.h>

#include "arm-test.h"
#include "arm/kernel.h"

/* The smallest PE file that means something: one section of 64 bytes. */
#define PE_AT      0x40
#define OPTIONAL   8
#define SECTION_AT (PE_AT + 24 + OPTIONAL)
#define RAW_AT     (SECTION_AT + 40)
#define IMAGE_SIZE (RAW_AT + 64)

static void put(uint8_t *at, uint32_t value, unsigned int width)
{
    for (; width--; value >>= 8)
        *at++ = value;
}

static void make_image(uint8_t image[IMAGE_SIZE])
{
    memset(image, 0, IMAGE_SIZE);
    memcpy(image, "MZ", 2);
    put(image + 0x3c, PE_AT, 4);
    put(image + PE_AT + 6, 1, 2);
    put(image + PE_AT + 20, OPTIONAL, 2);
    put(image + SECTION_AT + 16, 64, 4);
    put(image + SECTION_AT + 20, RAW_AT, 4);
}

static int check(const uint8_t *bytes, size_t size)
{
    struct arm_error error = { 0 };
    uint8_t *exact = test_calloc(size ? size : 1, 1);
    int r;

    /* A copy of just this size: reading behind it is seen. */
    memcpy(exact, bytes, size);
    r = arm_kernel_check(exact, size, &error);
    test_free(exact);
    assert_int_equal(r, error.fault == ARM_FAULT_NONE ? 0 : -1);
    return r;
}

static void an_image_must_be_whole(void **state)
{
    uint8_t image[IMAGE_SIZE];
    size_t size;

    make_image(image);
    assert_int_equal(check(image, IMAGE_SIZE), 0);
    for (size = 2; size < IMAGE_SIZE; size++)
        assert_int_equal(check(image, size), -1);
}

static void an_image_cannot_lead_us_astray(void **state)
{
    uint8_t image[IMAGE_SIZE];

    make_image(image);
    put(image + 0x3c, UINT32_MAX, 4);
    assert_int_equal(check(image, IMAGE_SIZE), -1);
    make_image(image);
    put(image + PE_AT + 6, UINT16_MAX, 2);
    assert_int_equal(check(image, IMAGE_SIZE), -1);
    make_image(image);
    put(image + SECTION_AT + 16, UINT32_MAX, 4);
    put(image + SECTION_AT + 20, UINT32_MAX, 4);
    assert_int_equal(check(image, IMAGE_SIZE), -1);
}

static void a_zimage_must_be_whole(void **state)
{
    uint8_t image[100] = { 0 };

    put(image + 0x24, 0x016f2818, 4);
    put(image + 0x28, 0x1000, 4);
    put(image + 0x2c, 0x1000 + sizeof(image), 4);
    assert_int_equal(check(image, sizeof(image)), 0);
    assert_int_equal(check(image, sizeof(image) - 1), -1);
    assert_int_equal(check(image, 0x2c), -1);
}

static void others_tell_nothing(void **state)
{
    assert_int_equal(check((const uint8_t *)"", 0), 0);
    assert_int_equal(check((const uint8_t *)"hello", 5), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_image_must_be_whole),
        cmocka_unit_test(an_image_cannot_lead_us_astray),
        cmocka_unit_test(a_zimage_must_be_whole),
        cmocka_unit_test(others_tell_nothing),
    };

    return cmocka_run_group_tests_name("arm-kernel", tests, NULL, NULL);
}
