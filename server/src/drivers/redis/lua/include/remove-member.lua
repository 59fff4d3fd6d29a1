-- Takes a member's place, nickname and right to come back: log and announcement. The seats are gone
-- already. `reason` is the type of the log entry, `details` what it says beside who it was (JSON, with
-- a comma first). Wants what `log_entry` and `announce_presence` want.
local function remove_member(room, members, nicks, away, user_id, reason, details)
  local member = parse_member(redis.call('HGET', members, user_id))
  redis.call('ZREM', room.roster, user_id)
  redis.call('ZREM', away, room.id .. ':' .. user_id)
  redis.call('HDEL', nicks, member.folded)
  if role_counter(member.role) then
    redis.call('HINCRBY', room.hash, role_counter(member.role), -1)
  end
  member.role = string.upper(member.role)
  redis.call('HSET', members, user_id, format_member(member))
  if not room.isClosed then
    log_entry(room, reason, '{"userId":"' .. user_id .. '","nickname":' .. member.nickname ..
      details .. '}')
  end
  announce_presence(room, '{"left":"' .. user_id .. '"}')
end
