-- What linking finds anew, written into the requests that it concerns; who has them and until when stays.
--
-- In:  link_result, route_result
-- Out: intake_servicerequest, changed
update intake_servicerequest q set
    area_ids = l.area_ids, areas_epoch = l.epoch, parcel_id = l.parcel_id, centerline_id = l.centerline_id,
    near_border = l.near_border or coalesce(d.way = 'safe', false), is_public = l.is_public,
    public_geom = l.public_geom, public_address = l.public_address, public_area_ids = l.public_area_ids,
    public_description = case when l.is_public and c.text_publication = 'after_look' then q.public_description
                              else l.public_description end
from link_result l
left join route_result d on d.request_id = l.request_id, catalog_service c
where q.id = l.request_id and c.id = q.service_id
