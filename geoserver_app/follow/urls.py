from django.urls import path

from geoserver_app.follow import acts, answer, drawing, index, one, photos, stop

app_name = "follow"
urlpatterns = [
    path("", index.index, name="index"),
    path("<str:number>/", one.one, name="one"),
    path("<str:number>/map.svg", drawing.picture, name="picture"),
    path("<str:number>/photos/<str:name>.jpg", photos.photo, name="photo"),
    path("<str:number>/add/", acts.add, name="add"),
    path("<str:number>/withdraw/", acts.withdraw, name="withdraw"),
    path("<str:number>/reopen/", acts.reopen, name="reopen"),
    path("<str:number>/close/", acts.leave, name="leave"),
    path("<str:number>/answer/", answer.answer, name="answer"),
    path("<str:number>/stop/", stop.stop, name="stop"),
]
