"""Get what the tests' servers need, so that a download or an installation is not taken for a slow test."""

import sys

from tools.servers import kafka, postgres
from tools.servers.system import ServerError

if __name__ == "__main__":
    try:
        print(postgres.provide())
        print(kafka.provide())
    except ServerError as missing:
        sys.exit(str(missing))
