# SPDX-License-Identifier: GPL-2.0-only
"""Sockets that QEMU makes as it starts."""

import socket
import time


def connect(path, seconds, process=None):
    """The socket, connected; tried for so long, or until that process, QEMU, has ended."""
    deadline = time.monotonic() + seconds
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
            return connection
        except OSError:
            connection.close()
            if time.monotonic() > deadline or (process and process.poll() is not None):
                raise
            time.sleep(0.01)
