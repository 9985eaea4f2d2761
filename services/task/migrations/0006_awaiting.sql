-- What a landlord has reported and we have not answered, without walking through everybody else's.
create index tasks_awaiting_of_landlord on tasks (landlord_id, due_on, id) where awaiting_answer;
