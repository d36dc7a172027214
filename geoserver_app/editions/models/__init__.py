from geoserver_app.editions.models.answers import AcceptedClass, SetAside
from geoserver_app.editions.models.incoming import Incoming, Source
from geoserver_app.editions.models.simulation import Simulation
from geoserver_app.editions.models.turn import Turn, TurnProgress, TurnRequest

__all__ = ["AcceptedClass", "Incoming", "SetAside", "Simulation", "Source", "Turn", "TurnProgress", "TurnRequest"]
