import sys

from limosa.simulators.payment_gateway.command import main

if __name__ == "__main__":
    sys.exit(main())
