"""A version of the rules that is active or was never changes: the database itself refuses it."""

from django.db import migrations

FROZEN = """
create function route_refuse_change() returns trigger language plpgsql as $$
declare
    version_state text;
begin
    if tg_op = 'DELETE' then
        execute format('select s.state from route_ruleset s where s.id = %s', tg_argv[0]) into version_state using old;
    else
        execute format('select s.state from route_ruleset s where s.id = %s', tg_argv[0]) into version_state using new;
    end if;
    if version_state is distinct from 'draft' and version_state is not null then
        raise exception 'These rules are % and never change (% refused).', version_state, lower(tg_op)
            using errcode = 'restrict_violation', hint = 'Copy the version into a draft and change that.';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;

create trigger route_rule_frozen before insert or update or delete on route_rule
    for each row execute function route_refuse_change('($1).rule_set_id');
create trigger route_defaultroute_frozen before insert or update or delete on route_defaultroute
    for each row execute function route_refuse_change('($1).rule_set_id');
create trigger route_rule_copies_frozen before insert or update or delete on route_rule_copies
    for each row execute function route_refuse_change('(select r.rule_set_id from route_rule r where r.id = ($1).rule_id)');
create trigger route_defaultroute_copies_frozen before insert or update or delete on route_defaultroute_copies
    for each row execute function route_refuse_change(
        '(select r.rule_set_id from route_defaultroute r where r.id = ($1).defaultroute_id)');

create function route_refuse_version_change() returns trigger language plpgsql as $$
begin
    if old.state = 'draft' then
        return case when tg_op = 'DELETE' then old else new end;
    end if;
    if tg_op = 'UPDATE' and old.state = 'active' and new.state = 'retired'
        and (new.jurisdiction_id, new.version, new.safe_post_id, new.triage_post_id, new.activated_at)
            is not distinct from (old.jurisdiction_id, old.version, old.safe_post_id, old.triage_post_id, old.activated_at)
    then
        return new;
    end if;
    if tg_op = 'UPDATE' and (new.jurisdiction_id, new.version, new.state, new.note, new.safe_post_id, new.triage_post_id,
                             new.activated_at, new.retired_at)
        is not distinct from (old.jurisdiction_id, old.version, old.state, old.note, old.safe_post_id,
                              old.triage_post_id, old.activated_at, old.retired_at)
    then
        return new;  -- a person who was deleted is taken out of created_by and activated_by
    end if;
    raise exception 'Version % of the rules is % and never changes (% refused).', old.version, old.state, lower(tg_op)
        using errcode = 'restrict_violation', hint = 'Copy the version into a draft and change that.';
end $$;

create trigger route_ruleset_frozen before update or delete on route_ruleset
    for each row execute function route_refuse_version_change();
"""
UNDO = """
drop trigger route_ruleset_frozen on route_ruleset;
drop trigger route_rule_frozen on route_rule;
drop trigger route_defaultroute_frozen on route_defaultroute;
drop trigger route_rule_copies_frozen on route_rule_copies;
drop trigger route_defaultroute_copies_frozen on route_defaultroute_copies;
drop function route_refuse_change();
drop function route_refuse_version_change();
"""


class Migration(migrations.Migration):
    dependencies = [("route", "0001_initial")]
    operations = [migrations.RunSQL(FROZEN, UNDO)]
