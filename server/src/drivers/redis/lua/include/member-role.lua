-- Gives a member another role. Who becomes a host may speak.
local function change_role(room, members, user_id, member, role)
  if member.role == role then return end
  if role_counter(member.role) then
    redis.call('HINCRBY', room.hash, role_counter(member.role), -1)
  end
  if role_counter(role) then redis.call('HINCRBY', room.hash, role_counter(role), 1) end
  member.role = role
  if role == 'h' then member.muted = '0' end
  redis.call('HSET', members, user_id, format_member(member))
end
