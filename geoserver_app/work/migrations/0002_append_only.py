"""The history of a request is appended: the database itself refuses to change or delete a line of it."""

from django.db import migrations

APPEND_ONLY = """
create function work_history_is_appended() returns trigger language plpgsql as $$
begin
    if current_setting('onemap.erasing', true) = 'on' then
        return case when tg_op = 'DELETE' then old else new end;
    end if;
    raise exception 'The history of a request is appended, never edited (% refused).', lower(tg_op)
        using errcode = 'restrict_violation',
              hint = 'Append a line that corrects it. Personal words are blanked by work.erasure.';
end $$;
create trigger work_history_is_appended before update or delete on work_statuschange
    for each row execute function work_history_is_appended();
"""
UNDO = """
drop trigger work_history_is_appended on work_statuschange;
drop function work_history_is_appended();
"""


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, UNDO)]
