import sys

from limosa.simulators.mailbox.command import main

if __name__ == "__main__":
    sys.exit(main())
