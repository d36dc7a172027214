-- The barest register there is: parcels by their requests in a stretch of time. No kinds of place, incidents, conditions.
select parcel_id, count(*) as requests
from intake_servicerequest
where jurisdiction_id = %(jurisdiction)s and requested_datetime >= %(since)s and requested_datetime < %(before)s
  and parcel_id is not null
group by parcel_id
having count(*) >= %(least)s
order by requests desc
limit 50
