-- The present of every request of a batch that was linked and routed. Flow runs it: nobody else writes these columns.
--
-- In:  link_result, route_result, link_review, route_review
-- Out: intake_servicerequest, one row for each request
update intake_servicerequest q set
    area_ids = l.area_ids, areas_epoch = l.epoch, parcel_id = l.parcel_id, centerline_id = l.centerline_id,
    near_border = l.near_border or d.way = 'safe',
    is_public = l.is_public, public_geom = l.public_geom, public_address = l.public_address,
    public_area_ids = l.public_area_ids, public_description = case when l.is_public and c.text_publication = 'after_look' then q.public_description
                              else l.public_description end,
    department_id = d.department, post_id = d.post, agency_id = d.agency, priority = d.priority,
    in_review = v.request_id is not null
from link_result l
join route_result d on d.request_id = l.request_id
join catalog_service c on c.id = d.service_id
left join (select request_id from link_review union select request_id from route_review) v
       on v.request_id = l.request_id
where q.id = l.request_id
