#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# Stands in for a bootloader such as pygrub: names the rig's kernel as what it
# found on the guest's disk.  The words of its answer end in zero bytes.
kernel=/guests/tiny ramdisk=/guests/initrd words=console=hvc0
for argument; do
    case $argument in
    --output=*) output=${argument#*=} ;;
    --output-directory=*) directory=${argument#*=} ;;
    esac
done
cp "$kernel" "$directory/kernel"
cp "$ramdisk" "$directory/ramdisk"
printf 'kernel %s\0ramdisk %s\0args %s\0' "$directory/kernel" \
    "$directory/ramdisk" "$words" >"$output"
