#!/usr/bin/perl
# SPDX-License-Identifier: LGPL-2.1-only
#
# Stands in for the QEMU of a guest, which Debian does not have for Xen on
# Arm64: /usr/libexec/xen-qemu-system-i386 in the rig's dom0.
#
# Keeps its arguments, one a line, in /tmp/qemu/DOMID.args and what is said over
# QMP in /tmp/qemu/DOMID.qmp; listens on the sockets of its -chardev options,
# writes 'running' into its state node, and ends with the domain.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;

my ($domid, $vnc, @sockets, @channels);
for my $i (0 .. $#ARGV) {
    $domid = $ARGV[$i + 1] if $ARGV[$i] eq '-xen-domid';
    $vnc = $ARGV[$i + 1] if $ARGV[$i] eq '-vnc';
    next unless $ARGV[$i] eq '-chardev';
    my $chardev = $ARGV[$i + 1];
    push @sockets, $1 if $chardev =~ /^socket,.*path=([^,]+)/;
    push @sockets, \"$1" if $chardev =~ /^socket,.*fd=(\d+)/;
    push @channels, $1 if $chardev =~ /^pty,id=([^,]+)/;
}
exit 0 unless defined $domid; # asked for its version or help

mkdir '/tmp/qemu';
open my $arguments, '>', "/tmp/qemu/$domid.args" or die;
print $arguments "$_\n" for @ARGV;
close $arguments;
open my $log, '>>', "/tmp/qemu/$domid.qmp" or die;
$log->autoflush(1);

my (%listens, $ready);
my $select = IO::Select->new;
for my $socket (@sockets) {
    my $listener;
    if (ref $socket) {
        $listener = IO::Socket::UNIX->new_from_fd($$socket, 'r+');
    } else {
        unlink $socket;
        $listener = IO::Socket::UNIX->new(Local => $socket, Listen => 4);
    }
    die "qemu: cannot listen: $!\n" unless $listener;
    $listens{$listener} = 1;
    $select->add($listener);
}

# Sockets of channels get no answers, but QMP's clients wait for a greeting.
my $greeting = '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, ' .
    '"major": 7}, "package": ""}, "capabilities": []}}';

sub chardevs {
    my $n = 0;
    return join ', ', map {
        $n++;
        qq({"label": "$_", "filename": "pty:/dev/pts/9$n"})
    } @channels;
}

sub display {
    my ($host, $number) = $vnc =~ /^(.*):(\d+)/;
    return sprintf '{"enabled": true, "host": "%s", "service": "%d", ' .
        '"auth": "none", "family": "ipv4", "clients": []}', $host,
        5900 + $number;
}

sub answer {
    my ($client, $line) = @_;
    my ($command) = $line =~ /"execute"\s*:\s*"([^"]+)"/;
    my ($id) = $line =~ /"id"\s*:\s*("?\w+"?)/;
    return unless defined $command;
    print $log "$line\n";
    my $value = '{}';
    $value = '[' . chardevs() . ']' if $command eq 'query-chardev';
    $value = '{"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}'
        if $command eq 'query-version';
    $value = '{"running": true, "status": "running"}'
        if $command eq 'query-status';
    $value = '{"fdset-id": 1, "fd": 9}' if $command eq 'add-fd';
    $value = display() if $command eq 'query-vnc';
    $value = '[]' if $command =~ /^query-(fdsets|named-block-nodes|pci)$/;
    my $reply = qq({"return": $value) .
        (defined $id ? qq(, "id": $id) : '') . '}';
    print $log "  $reply\n";
    syswrite $client, "$reply\r\n";
    exit 0 if $command eq 'quit';
}

my %pending;
while (1) {
    if (!$ready) {
        system 'xenstore-write', "/local/domain/0/device-model/$domid/state",
            'running';
        $ready = 1;
    }
    for my $socket ($select->can_read(2)) {
        if ($listens{$socket}) {
            my $client = $socket->accept or next;
            $select->add($client);
            syswrite $client, "$greeting\r\n";
            next;
        }
        my $got = sysread $socket, my $bytes, 65536;
        if (!$got) {
            $select->remove($socket);
            delete $pending{$socket};
            close $socket;
            next;
        }
        $pending{$socket} .= $bytes;
        # libxl ends a command by CR LF, others by LF.
        answer($socket, $1) while $pending{$socket} =~ s/^([^\n]*?)\r?\n//;
    }
    exit 0 if system("xenstore-exists /local/domain/$domid") != 0;
}
