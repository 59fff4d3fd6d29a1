--@include with-seat.lua

-- Whether a host who is a member, present or away, has one of these looks.
local function looks_like_host(hosts, members, nicks, looks)
  for host in string.gmatch(hosts, '[^,]+') do
    local kept = redis.call('HGET', members, host)
    local member = kept and parse_member(kept)
    -- Who has left keeps an upper-case role, and no name.
    local theirs = member and member.role == 'h' and redis.call('HGET', nicks, member.folded) or ''
    for look in string.gmatch(looks, '[^\31]+') do
      if string.find('\31' .. theirs .. '\31', '\31' .. look .. '\31', 1, true) then return true end
    end
  end
  return false
end

-- What the room's hash says of its door, from index 7 of the row on: locked, capacity, players,
-- spectators.
local function read_limits(row, most_spectators)
  local capacity = tonumber(row[8])
  return {
    locked = row[7] == '1', capacity = capacity, players = tonumber(row[9]),
    spectators = tonumber(row[10]), spectator_capacity = math.min(capacity, most_spectators),
  }
end

-- Why somebody new may not come in; nil: may. Hosts need no passcode, no place and no open door.
local function refuse_join(limits, nicks, role, folded, looks, passcode_ok)
  if role ~= 'h' and not limits.is_returning then
    if limits.locked then return 'room_locked' end
    if not passcode_ok then return 'passcode_required' end
    -- Who has to wait takes no place yet.
    local takes_place = not limits.waits
    if takes_place and role == 'p' and limits.players >= limits.capacity then return 'room_full' end
    if takes_place and role == 's' and limits.spectators >= limits.spectator_capacity then return 'room_full' end
  end
  if redis.call('HEXISTS', nicks, folded) == 1 then return 'nickname_taken' end
  if role ~= 'h' and not limits.is_returning
    and looks_like_host(limits.hosts, limits.members, nicks, looks) then
    return 'nickname_taken'
  end
  return nil
end

-- Notes a seat at its user (`life/socket` lines) and at its life.
local function add_seat(room, seats, user_id, seat)
  redis.call('HSET', room.online, user_id, with_seat(room, seats, user_id, seat))
end

-- Gives a user who is no member a place; who was muted before stays muted.
local function add_member(room, members, nicks, user_id, role, before, nickname, folded, looks)
  local member = {
    role = role, muted = before and before.muted or '0',
    join_seq = text(redis.call('HINCRBY', room.hash, 'joinSeq', 1)), joined_at = room.at,
    nickname = nickname, folded = folded,
  }
  redis.call('HSET', members, user_id, format_member(member))
  redis.call('ZADD', room.roster, member.join_seq, user_id)
  redis.call('HSET', nicks, folded, looks)
  if role_counter(role) then redis.call('HINCRBY', room.hash, role_counter(role), 1) end
  return member
end

local function change_role(room, members, user_id, member, role)
  if member.role == role then return end
  if role_counter(member.role) then
    redis.call('HINCRBY', room.hash, role_counter(member.role), -1)
  end
  if role_counter(role) then redis.call('HINCRBY', room.hash, role_counter(role), 1) end
  member.role = role
  redis.call('HSET', members, user_id, format_member(member))
end
