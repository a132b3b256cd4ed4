/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * vsnd: a sound card with PCM devices and their streams, which a program in
 * the backend's domain serves.  xl.cfg(5), xen/io/sndif.h.
 */
#include <inttypes.h>

#include <libxl.h>
#include <xen/io/sndif.h>

#include "device/kinds.h"
#include "types-index.h"

#define KEY(name, field, where) DEVICE_KEY(vsnd, name, field, where)

static const struct libxl__device_key keys[] = {
    KEY("short-name", short_name, DEVICE_FRONT),
    KEY("long-name", long_name, DEVICE_FRONT),
    { NULL },
};

static const struct libxl__device_key numbers[] = {
    DEVICE_NUMBER(vsndinfo, "state", state),
    { NULL },
};

static const struct libxl__device_key stream_numbers[] = {
    DEVICE_NUMBER(streaminfo, "event-channel", req_evtch),
    DEVICE_NUMBER(streaminfo, "ring-ref", req_rref),
    { NULL },
};

static const char *unique_id(libxl__gc *gc, const void *config, int index)
{
    const libxl_device_vsnd *vsnd = config;
    int i;

    for (i = 0; i < vsnd->num_vsnd_pcms; i++) {
        const libxl_vsnd_pcm *pcm = &vsnd->pcms[i];

        if (index < pcm->num_vsnd_streams)
            return pcm->streams[index].unique_id ? pcm->streams[index].unique_id
                                                 : "";
        index -= pcm->num_vsnd_streams;
    }
    return NULL;
}

/* Of the part of the card that has these parameters. */
static int check_params(libxl__gc *gc, const struct libxl__device *device,
                        const char *part, const libxl_vsnd_params *params)
{
    int i;

    if (params->channels_max && params->channels_min > params->channels_max)
        return libxl__device_refuse(
            gc, device,
            "%s has 'channels-min' %" PRIu32 " and 'channels-max' %" PRIu32
            ": the first must not be above the second",
            part, params->channels_min, params->channels_max);
    for (i = 0; i < params->num_sample_rates; i++)
        if (!params->sample_rates[i])
            return libxl__device_refuse(gc, device,
                                        "%s has a sample rate of 0: give "
                                        "'sample-rates' in Hz",
                                        part);
    for (i = 0; i < params->num_sample_formats; i++)
        if (!libxl_vsnd_pcm_format_to_string(params->sample_formats[i]))
            return libxl__device_refuse(gc, device,
                                        "%s has a sample format of number %d, "
                                        "which does not exist: see "
                                        "'sample-formats' in xl.cfg(5)",
                                        part, params->sample_formats[i]);
    return 0;
}

static int check_pcm(libxl__gc *gc, const struct libxl__device *device, int i)
{
    const libxl_device_vsnd *vsnd = device->config;
    const libxl_vsnd_pcm *pcm = &vsnd->pcms[i];
    int j, rc;

    rc =
        check_params(gc, device, libxl__sprintf(gc, "PCM %d", i), &pcm->params);
    for (j = 0; j < pcm->num_vsnd_streams && !rc; j++)
        rc = check_params(gc, device,
                          libxl__sprintf(gc, "stream %d of PCM %d", j, i),
                          &pcm->streams[j].params);
    return rc;
}

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    const libxl_device_vsnd *vsnd = device->config;
    int i, rc = check_params(gc, device, "card", &vsnd->params);

    for (i = 0; i < vsnd->num_vsnd_pcms && !rc; i++)
        rc = check_pcm(gc, device, i);
    return rc;
}

/* NULL if it is left open. */
static const char *number_text(libxl__gc *gc, uint32_t number)
{
    return number ? libxl__sprintf(gc, "%" PRIu32, number) : NULL;
}

/* Appends to a list, which is NULL at first. */
static const char *list_add(libxl__gc *gc, const char *list, const char *item)
{
    return list ? libxl__sprintf(gc, "%s,%s", list, item) : item;
}

static const char *rates_text(libxl__gc *gc, const libxl_vsnd_params *params)
{
    const char *list = NULL;
    int i;

    for (i = 0; i < params->num_sample_rates; i++)
        list = list_add(gc, list, number_text(gc, params->sample_rates[i]));
    return list;
}

/* In words of the protocol, which calls floats otherwise than xl does. */
static const char *format_text(libxl_vsnd_pcm_format format)
{
    switch (format) {
    case LIBXL_VSND_PCM_FORMAT_F32_LE:
        return XENSND_PCM_FORMAT_F32_LE_STR;
    case LIBXL_VSND_PCM_FORMAT_F32_BE:
        return XENSND_PCM_FORMAT_F32_BE_STR;
    case LIBXL_VSND_PCM_FORMAT_F64_LE:
        return XENSND_PCM_FORMAT_F64_LE_STR;
    case LIBXL_VSND_PCM_FORMAT_F64_BE:
        return XENSND_PCM_FORMAT_F64_BE_STR;
    default:
        return libxl_vsnd_pcm_format_to_string(format);
    }
}

static const char *formats_text(libxl__gc *gc, const libxl_vsnd_params *params)
{
    const char *list = NULL;
    int i;

    for (i = 0; i < params->num_sample_formats; i++)
        list = list_add(gc, list, format_text(params->sample_formats[i]));
    return list;
}

static void add_params(struct libxl__device_nodes *nodes, const char *directory,
                       const libxl_vsnd_params *params)
{
    libxl__gc *gc = nodes->gc;

    libxl__device_node_in(nodes, DEVICE_FRONT, directory, "sample-rates",
                          rates_text(gc, params));
    libxl__device_node_in(nodes, DEVICE_FRONT, directory, "sample-formats",
                          formats_text(gc, params));
    libxl__device_node_in(nodes, DEVICE_FRONT, directory, "channels-min",
                          number_text(gc, params->channels_min));
    libxl__device_node_in(nodes, DEVICE_FRONT, directory, "channels-max",
                          number_text(gc, params->channels_max));
    libxl__device_node_in(nodes, DEVICE_FRONT, directory, "buffer-size",
                          number_text(gc, params->buffer_size));
}

static void add_stream(struct libxl__device_nodes *nodes, const char *directory,
                       const libxl_vsnd_stream *stream)
{
    libxl__device_node_in(nodes, DEVICE_FRONT, directory, "unique-id",
                          stream->unique_id);
    libxl__device_node_in(nodes, DEVICE_FRONT, directory, "type",
                          libxl_vsnd_stream_type_to_string(stream->type));
    add_params(nodes, directory, &stream->params);
}

static void add_nodes(const struct libxl__device *device,
                      struct libxl__device_nodes *nodes)
{
    const libxl_device_vsnd *vsnd = device->config;
    libxl__gc *gc = nodes->gc;
    int i, j;

    add_params(nodes, "", &vsnd->params);
    for (i = 0; i < vsnd->num_vsnd_pcms; i++) {
        const libxl_vsnd_pcm *pcm = &vsnd->pcms[i];
        const char *directory = libxl__sprintf(gc, "%d/", i);

        libxl__device_node_in(nodes, DEVICE_FRONT, directory, "name",
                              pcm->name);
        add_params(nodes, directory, &pcm->params);
        for (j = 0; j < pcm->num_vsnd_streams; j++)
            add_stream(nodes, libxl__sprintf(gc, "%d/%d/", i, j),
                       &pcm->streams[j]);
    }
}

static void more_info(libxl__gc *gc, const struct libxl__device *device,
                      const void *config, void *info)
{
    const libxl_device_vsnd *vsnd = config;
    libxl_vsndinfo *to = info;
    int i, j;

    to->num_vsnd_pcms = vsnd->num_vsnd_pcms;
    to->pcms = libxl__calloc_nogc(to->num_vsnd_pcms, sizeof(*to->pcms));
    for (i = 0; i < to->num_vsnd_pcms; i++) {
        libxl_pcminfo *pcm = &to->pcms[i];

        pcm->num_vsnd_streams = vsnd->pcms[i].num_vsnd_streams;
        pcm->streams =
            libxl__calloc_nogc(pcm->num_vsnd_streams, sizeof(*pcm->streams));
        for (j = 0; j < pcm->num_vsnd_streams; j++)
            libxl__device_front_numbers(gc, device,
                                        libxl__sprintf(gc, "%d/%d/", i, j),
                                        stream_numbers, &pcm->streams[j]);
    }
}

const struct libxl__device_kind libxl__kind_vsnd = {
    .option = "vsnd",
    .name = "vsnd",
    .traits = DEVICE_XENBUS | DEVICE_STORED,
    DEVICE_OF(VSND, vsnd, vsnds),
    .devid = offsetof(libxl_device_vsnd, devid),
    .keys = keys,
    .info = DEVICE_INFO(VSNDINFO, vsndinfo, numbers),
    .unique_id = unique_id,
    .prepare = prepare,
    .add_nodes = add_nodes,
    .more_info = more_info,
};
