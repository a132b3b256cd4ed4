# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv3
#
# The partial device tree, as Debian's library copies it, and the
# administrator's file.  Runs in dom0, alone or among the system tests:
#
#   automation/rig run tools/tests/system/partial.sh
out=${out:-/out}
conf=/etc/xen/arm-regions.conf

good() {
    echo "ok $*"
}

bad() {
    _name=$1
    shift
    echo "not ok $_name: $*"
}

# Compiled with dtc from:
#   /dts-v1/;
#   / {
#       #address-cells = <2>;
#       #size-cells = <2>;
#       aliases {
#           net = "/passthrough/ethernet@10000000";
#       };
#       passthrough {
#           compatible = "simple-bus";
#           ranges;
#           #address-cells = <2>;
#           #size-cells = <2>;
#           clk: clock {
#               #clock-cells = <0>;
#           };
#           ethernet@10000000 {
#               reg = <0 0x10000000 0 0x1000>;
#               interrupt-parent = <0xfde8>;
#               clocks = <&clk>;
#               empty;
#               phy@c {
#                   reg = <12>;
#               };
#           };
#       };
#   };
base64 -d >/tmp/partial.dtb <<END
0A3+7QAAAhgAAAA4AAABsAAAACgAAAARAAAAEAAAAAAAAABoAAABeAAAAAAAAAAAAAAAAAAAAAAA
AAABAAAAAAAAAAMAAAAEAAAAAAAAAAIAAAADAAAABAAAAA8AAAACAAAAAWFsaWFzZXMAAAAAAwAA
AB8AAAAbL3Bhc3N0aHJvdWdoL2V0aGVybmV0QDEwMDAwMDAwAAAAAAACAAAAAXBhc3N0aHJvdWdo
AAAAAAMAAAALAAAAH3NpbXBsZS1idXMAAAAAAAMAAAAAAAAAKgAAAAMAAAAEAAAAAAAAAAIAAAAD
AAAABAAAAA8AAAACAAAAAWNsb2NrAAAAAAAAAwAAAAQAAAAxAAAAAAAAAAMAAAAEAAAAPgAAAAEA
AAACAAAAAWV0aGVybmV0QDEwMDAwMDAwAAAAAAAAAwAAABAAAABGAAAAABAAAAAAAAAAAAAQAAAA
AAMAAAAEAAAASgAA/egAAAADAAAABAAAAFsAAAABAAAAAwAAAAAAAABiAAAAAXBoeUBjAAAAAAAA
AwAAAAQAAABGAAAADAAAAAIAAAACAAAAAgAAAAIAAAAJI2FkZHJlc3MtY2VsbHMAI3NpemUtY2Vs
bHMAbmV0AGNvbXBhdGlibGUAcmFuZ2VzACNjbG9jay1jZWxscwBwaGFuZGxlAHJlZwBpbnRlcnJ1
cHQtcGFyZW50AGNsb2NrcwBlbXB0eQA=
END
# The same with the node at 0x40000000, where RAM is; with the interrupt
# controller's phandle for the clock; with an interrupt-parent that is no
# node's; and one cut short.
hex() {
    od -A n -v -t x1 "$1" | tr -d ' \n'
}
# changed FROM TO: the tree with other bytes, in hexadecimal digits.
changed() {
    printf "$(hex /tmp/partial.dtb | sed "s/$1/$2/; s/../\\\\x&/g")"
}
changed '0000000010000000\(0000000000001000\)' '0000000040000000\1' \
    >/tmp/on-ram.dtb
changed '0000003e00000001' '0000003e0000fde8' >/tmp/phandle.dtb
changed '0000004a0000fde8' '0000004a0000fde9' >/tmp/lost.dtb
head -c 200 /tmp/partial.dtb >/tmp/cut.dtb

# create LIBRARY TREE [LINE]...: leaves $out/tree.dtb, and words in
# $out/words; the code is xl's.  The guest is gone when it returns.
create() {
    _library=$1 _tree=$2
    shift 2
    rm -f "$out/tree.dtb"
    LIBXL_DEBUG_DUMP_DTB=$out/tree.dtb $_library xl create -p /dev/null \
        'name="partial"' 'type="pvh"' 'kernel="/guests/tiny"' memory=128 \
        ${_tree:+"device_tree=\"$_tree\""} "$@" >"$out/words" 2>&1
    _code=$?
    [ $_code != 0 ] || xl destroy partial
    return $_code
}

# From the name of /passthrough to the end of the blob without its padding:
# what was copied, and the names of all properties.
copied() {
    hex "$out/tree.dtb" | sed 's/.*00000001\(70617373746872\)/\1/; s/\(00\)*$//'
}

# The entries of /hypervisor's "reg" behind the grant table, by the
# base and size of that one; 16 digits each.
regions() {
    hex "$out/tree.dtb" | sed -n \
        's/.*0000000038000000000000000\(1000000\)\(.*\)/\2/p' |
        sed 's/000000030000000c.*//; s/\(.\{16\}\)/\1 /g; s/ *$//'
}

is() {
    if [ "$2" = "$3" ]; then
        good "$1"
    else
        bad "$1" "'$2', not '$3': $(tail -n 1 "$out/words")"
    fi
}

# refuses NAME WORDS TREE [LINE]...
refuses() {
    _name=$1 _wanted=$2
    shift 2
    if create ours "$@"; then
        bad "$_name" "the guest was created"
    elif grep -q -- "$_wanted" "$out/words"; then
        good "$_name"
    else
        bad "$_name" "$(grep -v Parsing "$out/words" | head -n 1)"
    fi
}

mv $conf /tmp/arm-regions.saved 2>/dev/null

create debian /tmp/partial.dtb
debians=$(copied)
debians_regions=$(regions)
create ours /tmp/partial.dtb
case $debians in
70617373746872*616c6961736573*) good "Debian's library copies both nodes" ;;
*) bad "Debian's library copies both nodes" "'$debians'" ;;
esac
is "a partial tree is copied as by Debian's library" "$(copied)" "$debians"
is "it leaves the regions as they were" "$(regions)" "$debians_regions"
create ours ''
is "no file gives Debian's regions" "$(regions)" "$debians_regions"

refuses "a node on RAM refuses the guest" \
    "/passthrough/ethernet@10000000 (device_tree.*RAM bank 0 (memory)" /tmp/on-ram.dtb
create debian /tmp/phandle.dtb
is "Debian's library lets a node take the GIC's phandle" $? 0
refuses "a node with the interrupt controller's phandle refuses it" \
    "/passthrough/clock.*65000, as that of.*/interrupt-controller" \
    /tmp/phandle.dtb
create ours /tmp/lost.dtb
is "an interrupt-parent that leads nowhere does not" $? 0
is "but is told" "$(grep -c "ethernet@10000000': no node.*65001" "$out/words")" 1
refuses "a tree cut short refuses it" "cut.dtb.*damaged" /tmp/cut.dtb
refuses "a tree that is not there refuses it" "none.dtb.*No such" /tmp/none.dtb
create ours /tmp/partial.dtb 'iomem=["0x9010,1@0x10000"]'
is "the tree may tell of what iomem maps" $? 0

echo 'regions = off' >$conf
create ours ''
is "regions are off" "$(regions)" ""
echo 'max_size = 1G' >$conf
create ours ''
is "regions have a largest size" "$(regions)" \
    "0000000048000000 0000000040000000 0000000200000000 0000000040000000"
printf 'max_address = 256G\nkeep_free = 0x80000000+256M\n' >$conf
create ours ''
is "a range is kept free, and the highest address" "$(regions)" \
    "0000000048000000 0000000038000000 0000000090000000 0000000070000000\
 0000000200000000 0000003e00000000"
printf '#\nmax_size = many\n' >$conf
refuses "a bad file refuses the guest" "$conf:2: max_size: " ''
echo 'overlap = warn' >$conf
create ours /tmp/on-ram.dtb
is "an overlap can be a warning" $? 0
if grep -q "RAM bank 0" "$out/words"; then
    good "that is told"
else
    bad "that is told" "$(cat "$out/words")"
fi

rm -f $conf
[ ! -e /tmp/arm-regions.saved ] || mv /tmp/arm-regions.saved $conf
