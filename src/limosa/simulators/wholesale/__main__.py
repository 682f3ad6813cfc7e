import sys

from limosa.simulators.wholesale.command import main

if __name__ == "__main__":
    sys.exit(main())
