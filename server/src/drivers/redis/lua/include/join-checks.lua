--@include nicknames.lua
--@include member-role.lua

-- Why somebody new may not come in; nil: may. Hosts need no passcode, no place and no open door.
local function refuse_join(limits, nicks, role, folded, looks, passcode_ok)
  if role ~= 'h' and not limits.is_returning then
    if limits.locked then return 'room_locked' end
    if not passcode_ok then return 'passcode_required' end
    if role == 'p' and limits.players >= limits.capacity then return 'room_full' end
    if role == 's' and limits.spectators >= limits.spectator_capacity then return 'room_full' end
  end
  if redis.call('HEXISTS', nicks, folded) == 1 then return 'nickname_taken' end
  if role ~= 'h' and not limits.is_returning
    and looks_like_host(limits.hosts, limits.members, nicks, looks) then
    return 'nickname_taken'
  end
  return nil
end

-- Notes a seat at its user (`life/socket` lines) and at its life.
local function add_seat(room, seats, user_id, life, socket_id, lives, life_seats)
  local seat = life .. '/' .. socket_id .. '\n'
  if not string.find('\n' .. seats, '\n' .. seat, 1, true) then
    redis.call('HSET', room.online, user_id, seats .. seat)
  end
  redis.call('SADD', lives, life)
  redis.call('SADD', life_seats, room.id .. '/' .. user_id .. '/' .. socket_id)
end

-- Gives a user who is no member a place.
local function add_member(room, members, nicks, user_id, role, muted, nickname, folded, looks)
  local member = {
    role = role, muted = muted,
    join_seq = text(redis.call('HINCRBY', room.hash, 'joinSeq', 1)), joined_at = room.at,
    nickname = nickname, folded = folded,
  }
  redis.call('HSET', members, user_id, format_member(member))
  redis.call('ZADD', room.roster, member.join_seq, user_id)
  redis.call('HSET', nicks, folded, looks)
  if role_counter(role) then redis.call('HINCRBY', room.hash, role_counter(role), 1) end
  return member
end
