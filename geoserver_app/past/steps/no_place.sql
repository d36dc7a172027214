-- Takes the place from rows that lie on a point that stands for none: detected, named, or known of this city.
--
-- In:  past_staged; %(points)s  [[lon, lat], ...] in degrees; %(jurisdiction)s  id
-- Out: past_staged.is_default
with point as (
    select ST_SetSRID(ST_MakePoint((one ->> 0)::float8, (one ->> 1)::float8), 4326) as at, 2.0 as radius_m
    from jsonb_array_elements(%(points)s::jsonb) as one
    union all
    select point, radius_m from geocode_defaultpoint where jurisdiction_id = %(jurisdiction)s
)
update past_staged s set is_default = true
from point p
where s.lon between ST_X(p.at) - 0.02 - p.radius_m / 50000 and ST_X(p.at) + 0.02 + p.radius_m / 50000
  and s.lat between ST_Y(p.at) - 0.02 - p.radius_m / 50000 and ST_Y(p.at) + 0.02 + p.radius_m / 50000
  and ST_DistanceSphere(p.at, ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326)) <= p.radius_m
