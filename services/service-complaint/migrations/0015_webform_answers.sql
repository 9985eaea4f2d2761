-- What somebody filled in, exactly as it was: the complaint's own words are worked on after that (the definition, the needs, the outcome as it is
-- understood), and whoever deals with it must be able to go back to the person's. Forms that were sent before have none.
alter table webforms add column answers jsonb;
