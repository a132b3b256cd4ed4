#!/usr/bin/perl
# SPDX-License-Identifier: LGPL-2.1-only
#
# Stands in for the backends that a domain of the rig does not have:
#
#   backends.pl DOMID KIND...
#
# Watches /local/domain/DOMID/backend/KIND and answers each state as an idle
# backend would: Initialising (1) by InitWait (2), Closing (5) by Closed (6).
# A domain other than dom0 then removes the device's directory, as its own
# toolstack would.
# It speaks xenstore's protocol (xen/io/xs_wire.h) itself: one program per
# request would be slow.  Runs until it is killed.
use strict;
use warnings;
use IO::Socket::UNIX;

use constant { XS_READ => 2, XS_WATCH => 4, XS_WRITE => 11, XS_RM => 13,
               XS_WATCH_EVENT => 15, XS_ERROR => 16 };

my %answer = (1 => 2, 5 => 6);
my $removes = $ARGV[0] != 0;
my $root = '/local/domain/' . shift(@ARGV) . '/backend';
my %served = map { $_ => 1 } @ARGV;
my @events;

my $store = IO::Socket::UNIX->new(Peer => '/run/xenstored/socket')
    or die "backends: cannot connect to xenstored: $!\n";

sub receive {
    my ($length) = @_;
    my $bytes = '';
    while (length $bytes < $length) {
        my $got = sysread $store, $bytes, $length - length $bytes,
            length $bytes;
        exit 0 unless $got;
    }
    return $bytes;
}

sub message {
    my ($type, undef, undef, $length) = unpack 'L4', receive(16);
    return ($type, $length ? receive($length) : '');
}

# The reply's payload; undef for an error.
sub request {
    my ($wanted, $payload) = @_;
    syswrite $store, pack('L4', $wanted, 0, 0, length $payload) . $payload;
    while (1) {
        my ($type, $reply) = message();
        if ($type == XS_WATCH_EVENT) {
            push @events, $reply;
            next;
        }
        return $type == XS_ERROR ? undef : $reply;
    }
}

request(XS_WATCH, "$root\0backends\0");
$| = 1;
print "ready\n";
while (1) {
    my $event = @events ? shift @events : (message())[1];
    my ($path) = split /\0/, $event;
    $path =~ m{^\Q$root\E/([^/]+)/\d+/\d+/state$} && $served{$1} or next;
    my $state = request(XS_READ, "$path\0");
    next unless defined $state && $answer{$state};
    request(XS_WRITE, "$path\0$answer{$state}");
    print "$path: $state -> $answer{$state}\n";
    next unless $removes && $state == 5;
    # Not before the toolstack has seen the state.
    select undef, undef, undef, 0.3;
    (my $device = $path) =~ s{/state$}{};
    request(XS_RM, "$device\0");
}
