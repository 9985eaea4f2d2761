-- A review of a case's risk can be taken back by whoever asked for it.
alter table risk_reviews
    drop constraint risk_reviews_settled_how_known,
    add constraint risk_reviews_settled_how_known check (settled_how in ('answered', 'case_closed', 'withdrawn'));
