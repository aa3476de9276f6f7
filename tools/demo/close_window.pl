#!/usr/bin/perl
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Asks a window to close, as a window manager's close button does (ICCCM 4.2.8.1, WM_DELETE_WINDOW): a killed client is a
# broken line, and its session would wait for it. usage: close_window.pl DISPLAY WINDOW; the display must ask for no key.
use strict;
use warnings;
use Socket;

my ($display, $window) = @ARGV;
my ($number) = ($display // '') =~ /^:(\d+)/ or die "usage: close_window.pl :NUMBER WINDOW\n";
my $x;
socket($x, PF_UNIX, SOCK_STREAM, 0) && connect($x, sockaddr_un("/tmp/.X11-unix/X$number")) or die "display $display: $!\n";

sub take { my $want = shift; my $got = ''; while (length $got < $want) { sysread($x, $got, $want - length $got, length $got) or die "display $display closed\n" } $got }
sub reply { for (;;) { my $r = take(32); my $kind = unpack('C', $r); return $r if $kind == 1; die "X error\n" if $kind == 0 } }
sub atom { my $name = shift; my $n = length $name; my $pad = (4 - $n % 4) % 4;
           syswrite($x, pack('CCvvva*x' . $pad, 16, 0, 2 + ($n + $pad) / 4, $n, 0, $name)); unpack('x8V', reply()) }

syswrite($x, pack('axvvvvv', 'l', 11, 0, 0, 0, 0));
my ($ok, $length) = unpack('Cx5v', take(8));
take(4 * $length);
$ok == 1 or die "display $display refuses\n";
my ($protocols, $delete) = (atom('WM_PROTOCOLS'), atom('WM_DELETE_WINDOW'));
my $event = pack('CCvVVV5', 33, 32, 0, $window, $protocols, $delete, 0, 0, 0, 0);
syswrite($x, pack('CCvVV', 25, 0, 11, $window, 0) . $event);
syswrite($x, pack('CCv', 43, 0, 1));  # any question: its answer says that the event was delivered
reply();
