# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv3 gicv2
#
# A Linux guest that boots by its ACPI tables, which it is given the address of
# on its command line: it finds its CPUs, interrupt controller and timer there.
. "$tests/guests.sh"

job=/tmp/acpi-job
cat >$job <<'END'
. /functions
say cpus $(grep -c ^processor /proc/cpuinfo)
say tables $(dmesg | sed -n 's/.*ACPI: \([A-Z]*\) 0x.*/\1/p')
say timer $(grep -c arch_timer /proc/interrupts)
say psci $(dmesg | sed -n 's/.*psci: probing for conduit method from //p')
say gic $(dmesg | grep -c 'ACPI: Using GIC for interrupt routing')
say ready
END

boots_by_acpi() {
    pack_job acpi "$job"
    _config=$(linux_config penguin /tmp/acpi-initrd vcpus=2 memory=512 acpi=1 \
        'extra="console=hvc0 rdinit=/init quiet then=wait acpi=force acpi_rsdp=0x20000000"')
    ours xl create "$_config" >"$out/create" 2>&1 || return
    wait_for 120 guest_says penguin ready
    probe acpi "$(xl domid penguin)" >"$out/tables"
    end_guest penguin ours
}

boots_by_acpi
expect "the RSDP is where the window starts" grep -q "^RSD PTR " "$out/tables"
same "Linux finds its CPUs by ACPI" "$(said penguin cpus)" 2
same "Linux reads the tables" "$(said penguin tables)" \
    "RSDP XSDT APIC GTDT FACP DSDT"
same "Linux calls PSCI as the tables say" "$(said penguin psci)" "ACPI."
same "Linux has the GIC of the tables" "$(said penguin gic)" 1
same "Linux has the timer of the tables" "$(said penguin timer)" 1
if grep -q "acpi: .*extended regions" "$out/create"; then
    ok "creation warns that regions stay unused"
else
    not_ok "creation warns that regions stay unused" "$(cat "$out/create")"
fi
