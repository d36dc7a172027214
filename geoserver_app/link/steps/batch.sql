-- Stored requests as rows of link_batch; bulk.py adds the condition.
--
-- In:  intake_servicerequest r and its answers
-- Out: rows in link_batch
insert into link_batch (request_id, jurisdiction_id, service_id, asset_id, channel, language, requested_datetime,
                        place_method, accuracy_m, lon, lat, description, address_text, answers,
                        located_lon, located_lat, located_address)
select r.id, r.jurisdiction_id, r.service_id, r.asset_id, r.channel, r.language, r.requested_datetime,
       r.place_method, r.accuracy_m, ST_X(r.geom), ST_Y(r.geom), r.description, r.address_text, given.answers,
       case when spoken.given then ST_X(r.geom) end, case when spoken.given then ST_Y(r.geom) end,
       case when spoken.given then trim(r.address_text) end
from intake_servicerequest r
-- A place that was given as an address is where that address was found.
cross join lateral (select r.place_method = 'address' and r.geom is not null and trim(r.address_text) <> '' as given) spoken
left join lateral (
    select jsonb_object_agg(q.code, a.value) as answers
    from intake_answer a join catalog_serviceattribute q on q.id = a.attribute_id where a.request_id = r.id
) as given on true
