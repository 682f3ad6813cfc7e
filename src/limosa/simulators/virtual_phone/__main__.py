import sys

from limosa.simulators.virtual_phone.command import main

if __name__ == "__main__":
    sys.exit(main())
