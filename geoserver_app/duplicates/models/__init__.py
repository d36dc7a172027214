from geoserver_app.duplicates.models.difference import Difference
from geoserver_app.duplicates.models.joining import Joining
from geoserver_app.duplicates.models.notice import Notice, NoticeAnswer, NoticeChange

__all__ = ["Difference", "Joining", "Notice", "NoticeAnswer", "NoticeChange"]
