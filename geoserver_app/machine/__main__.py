import sys

from geoserver_app.machine.cli import main

sys.exit(main(sys.argv[1:]))
