--@include with-seat.lua
--@include nicknames.lua
--@include member-role.lua
--@include places.lua

-- The code of what stands in the way of somebody new; nil: nothing. Hosts need no
-- passcode, no place and no open door; whom a host has admitted needs no open door either. `row`: hosts, locked, capacity, players, spectators, passcode
-- and approval of the room's hash, from index 6 on.
local function ask_door(row, door, who)
  local is_asked = who.role ~= 'h' and not who.is_returning
  local is_admitted = is_asked and (row[7] == '1' or row[12] == '1')
    and redis.call('ZSCORE', door.admitted, who.id)
  local waits = is_asked and row[12] == '1' and not is_admitted
  if is_asked then
    if redis.call('SISMEMBER', door.bans, '@' .. who.network) == 1 then return 'banned' end
    if row[7] == '1' and not is_admitted then return 'room_locked' end
    if (row[11] or '') ~= '' and row[11] ~= who.proven then return 'passcode_required' end
    -- Who has to wait takes no place yet.
    if not waits and is_full(who.role, row[8], row[9], row[10], door.most_spectators) then
      return 'room_full'
    end
  end
  if redis.call('HEXISTS', door.nicks, who.folded) == 1 then return 'nickname_taken' end
  if is_asked and looks_like_host(row[6], door.members, door.nicks, who.looks) then
    return 'nickname_taken'
  end
  return waits and 'waiting_for_host' or nil
end

-- The role of who is let in. Of a member who comes back when data was lost, what survived counts: a node
-- may not know that a host is none any more. `member`: nil of who is new.
local function role_for(member, is_host, as_host, is_returning, wanted)
  if is_host or (as_host and not (member and is_returning)) then return 'h' end
  return member and member.role or wanted
end

-- Who was muted comes back muted, and under the nickname of then unless somebody else has it by now.
-- `before`: who it was; nil: never here. `was_muted`: so says a node that gives a lost seat back.
local function stay_muted(before, nicks, who, was_muted)
  local is_muted = who.role ~= 'h' and (was_muted or before and before.muted == '1')
  who.muted = is_muted and '1' or '0'
  if not is_muted or not before or who.is_returning then return end
  if redis.call('HEXISTS', nicks, before.folded) == 1 then return end
  who.nickname, who.folded, who.looks = before.nickname, before.folded, before.folded
end

-- Somebody becomes a host; `member`: as the member that they are already. Wants hosts.lua.
local function list_host(room, hosts, user_id, member)
  redis.call('HSET', room.hash, 'hosts', with_host(hosts, user_id))
  raise_rev(room)
  if not member then return end
  log_entry(room, 'host', '{"userId":"' .. user_id .. '","nickname":' .. member.nickname ..
    ',"action":"key","by":"' .. user_id .. '"}')
end

-- Notes a seat at its user (`life/socket` lines) and at its life.
local function add_seat(room, seats, user_id, seat)
  redis.call('HSET', room.online, user_id, with_seat(room, seats, user_id, seat))
end

-- Gives a user who is no member a place, and says so in the log.
local function add_member(room, members, nicks, who)
  local member = {
    role = who.role, muted = who.muted,
    join_seq = text(redis.call('HINCRBY', room.hash, 'joinSeq', 1)), joined_at = room.at,
    nickname = who.nickname, folded = who.folded,
  }
  redis.call('HSET', members, who.id, format_member(member))
  redis.call('ZADD', room.roster, member.join_seq, who.id)
  redis.call('HSET', nicks, who.folded, who.looks)
  local counter = role_counter(who.role)
  if counter then redis.call('HINCRBY', room.hash, counter, 1) end
  log_entry(room, 'joined', '{"userId":"' .. who.id .. '","nickname":' .. who.nickname ..
    ',"role":"' .. ROLE_NAMES[who.role] .. '"}')
  return member
end
