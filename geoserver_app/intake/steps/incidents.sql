-- The incidents that the reports of a batch begin.
--
-- In:  intake_batch; %(jurisdiction)s  id
-- Out: rows in intake_incident
insert into intake_incident (id, jurisdiction_id, created_at)
select incident_id, %(jurisdiction)s, received_at from intake_batch where own_incident
