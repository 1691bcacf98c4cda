# SPDX-License-Identifier: MIT
"""Sits between a client and a daemon on unix sockets, passes every byte on, and keeps the packets it saw."""
import os
import selectors
import socket
import threading

import harness
import wire


class Proxy(threading.Thread):
    """`conversations` holds one list a connection, of (direction, packet) with ">" from the client, "<" to it.

    `change`, if given, gets the direction and each packet and returns what is passed on instead; None closes.
    `piece` is how many bytes are passed on at a time.
    """

    def __init__(self, server_path, own_path, change=None, piece=1 << 20):
        super().__init__(daemon=True)
        self.change, self.piece = change, piece
        self.server_path, self.own_path = str(server_path), str(own_path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.own_path)
        self.listener.listen(16)
        self.wake, self.waker = socket.socketpair()
        self.conversations = []
        self.changed = threading.Condition()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.waker.close()
        self.join(harness.PATIENCE_S)
        os.unlink(self.own_path)

    def run(self):
        links = {}  # socket: [peer, direction, bytes of an unfinished packet, conversation]
        with selectors.DefaultSelector() as selector:
            selector.register(self.listener, selectors.EVENT_READ)
            selector.register(self.wake, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self.wake:
                        for end in [*links, self.listener, self.wake]:
                            end.close()
                        return
                    if key.fileobj is self.listener:
                        client, server = self.listener.accept()[0], socket.socket(socket.AF_UNIX)
                        server.connect(self.server_path)
                        conversation = []
                        self.conversations.append(conversation)
                        links[client] = [server, ">", b"", conversation]
                        links[server] = [client, "<", b"", conversation]
                        selector.register(client, selectors.EVENT_READ)
                        selector.register(server, selectors.EVENT_READ)
                    elif key.fileobj in links:  # its peer may have ended in this same round
                        self._pass(links, selector, key.fileobj)

    def _pass(self, links, selector, end):
        link = links[end]
        try:
            data = end.recv(1 << 20)
            if data:
                packets, link[2] = wire.split(link[2] + data)
                with self.changed:
                    link[3] += [(link[1], packet) for packet in packets]
                    self.changed.notify_all()
                passed = [self.change(link[1], packet) for packet in packets] if self.change else [data]
                for part in filter(None, passed):
                    for at in range(0, len(part), self.piece):
                        link[0].sendall(part[at:at + self.piece])
                if None in passed:
                    data = b""
        except OSError:
            data = b""
        if not data:
            for socket_ in (end, link[0]):
                selector.unregister(socket_)
                links.pop(socket_).clear()
                socket_.close()

    def packets(self):
        return [entry for conversation in self.conversations for entry in conversation]

    def wait_for(self, direction, procedure, kind):
        def seen():
            return any(way == direction and wire.HEADER.unpack_from(packet)[3:5] == (procedure, kind)
                       for way, packet in self.packets())
        with self.changed:
            assert self.changed.wait_for(seen, harness.PATIENCE_S), f"procedure {procedure} was never seen"
