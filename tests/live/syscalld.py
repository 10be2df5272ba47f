# SPDX-License-Identifier: LGPL-2.1-or-later
# syscalld.py SOCKET: like pve-lxc-syscalld, takes system calls of containers from liblxc.  Prints the
# container that each comes from, and has it succeed without doing anything.
import os, socket, struct, sys, threading

HEAD = '=QiiHHHxxQ'  # of liblxc's message; then struct seccomp_notif, struct seccomp_notif_resp, cookie
NOTIF, RESPONSE = 80, '=QqiI'


def serve(peer):
    while True:
        message = bytearray(peer.recv(4096))
        if not message:
            return
        cookie = struct.unpack_from(HEAD, message)[-1]
        at = struct.calcsize(HEAD) + NOTIF
        number = struct.unpack_from('=Q', message, struct.calcsize(HEAD))[0]
        struct.pack_into(RESPONSE, message, at, number, 0, 0, 0)
        print(message[len(message) - cookie:].decode(), flush=True)
        peer.send(message[:len(message) - cookie])


os.makedirs(os.path.dirname(sys.argv[1]), exist_ok=True)
listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listener.bind(sys.argv[1])
listener.listen()
while True:
    threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()
