-- The reports of a batch as rows to be linked.
--
-- In:  intake_batch; %(jurisdiction)s  id
--      %(today)s  a moment: link by the editions of its day, and only what is older than %(before)s; null: each by its own
-- Out: rows in link_batch
insert into link_batch (request_id, jurisdiction_id, service_id, asset_id, channel, language, requested_datetime,
                        place_method, accuracy_m, lon, lat, description, address_text, located_lon, located_lat,
                        located_address, answers, received_at)
select id, %(jurisdiction)s, service_id, asset_id, channel, language,
       coalesce(%(today)s::timestamptz, requested_datetime), place_method, accuracy_m, lon, lat, description,
       address_text, located_lon, located_lat, located_address, answers, received_at
from intake_batch
where %(today)s::timestamptz is null or lon is not null and requested_datetime < %(before)s::timestamptz
