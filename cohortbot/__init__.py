"""cohortbot: the third organizer of a mentoring programme, on IRC."""
