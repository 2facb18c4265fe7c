"""A disk of its own for a database server, so small that it can be filled.

Where nobody may mount one, the server's processes are forbidden to write files beyond a size: PostgreSQL takes that for
a full disk (it ignores SIGXFSZ for that purpose).
"""

import os
import resource
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

from tools.servers.process import Process

SIZE_MB = 1024
_SMALL = 16_384
_PAGE = 4096


class Disk:
    """A directory on a disk of its own."""

    def __init__(self, directory: Path, size_mb: int = SIZE_MB) -> None:
        self.directory = directory
        self._size_mb = size_mb
        self._filler = directory / "filler"
        self.unmounting = ["umount", "--lazy", str(directory)]
        self._mounted = False

    def mount(self) -> None:
        """Make the disk, if we may."""
        self.directory.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            done = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={self._size_mb}m", "tmpfs", str(self.directory)], check=False
            )
            self._mounted = done.returncode == 0

    def unmount(self) -> None:
        """Give the memory back."""
        if self._mounted:
            subprocess.run(self.unmounting, check=False)

    def fill(self, server: Process) -> None:
        """Leave no room."""
        if not self._mounted:
            self._limit(server, _SMALL)
            return
        with self._filler.open("ab") as file:
            size, step = 0, self._size_mb * 2**20
            while step >= _PAGE:
                try:
                    os.posix_fallocate(file.fileno(), size, step)
                    size += step
                except OSError:  # No room for so much: for half of it, perhaps.
                    step //= 2

    def free(self, server: Process) -> None:
        """Make room again."""
        if self._mounted:
            self._filler.unlink(missing_ok=True)
        else:
            self._limit(server, resource.RLIM_INFINITY)

    def _limit(self, server: Process, size: int) -> None:
        for process in server.processes():
            with suppress(psutil.NoSuchProcess):
                process.rlimit(psutil.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
