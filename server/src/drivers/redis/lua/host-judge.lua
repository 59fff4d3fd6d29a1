#!lua flags=allow-oom
-- Looks whether the hosts of a room have been away for longer than they may: says so, and lets
-- somebody else host or closes the room where it wants that. Never before a host was there.
-- KEYS[1] room hash
-- KEYS[2] stream of the log
-- KEYS[3] archived positions
-- KEYS[4] unarchived channels of the tag
-- KEYS[5] members hash
-- KEYS[6] roster
-- KEYS[7] online hash
-- KEYS[8] rooms of the tag whose hosts are away
-- KEYS[9] expiry of the tag
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- Returns 'not-due', 'present', 'gone', 'transferred' or 'closed'.
local room = { hash = KEYS[1], log = KEYS[2], archived = KEYS[3], unarchived = KEYS[4] }
local members, expiry = KEYS[5], KEYS[9]
room.roster, room.online, room.hosts_away = KEYS[6], KEYS[7], KEYS[8]
room.topic, room.id = ARGV[1], ARGV[2]
--@include room.lua
--@include hosts.lua
--@include log-entry.lua
--@include presence.lua
--@include change-host.lua
--@include close-room.lua

-- Of the players who are there and may speak, the one who has been here longest.
local function longest_player()
  for start = 0, redis.call('ZCARD', room.roster), 100 do
    for _, user_id in ipairs(redis.call('ZRANGE', room.roster, start, start + 99)) do
      local is_player = string.sub(redis.call('HGET', members, user_id), 1, 2) == 'p0'
      if is_player and redis.call('HEXISTS', room.online, user_id) == 1 then return user_id end
    end
  end
end

local due = redis.call('ZSCORE', room.hosts_away, room.id)
if not due or tonumber(due) > now_ms() then return 'not-due' end
local row = load_room(room, 'hosts', 'hostGraceMs', 'onHostGone')
if not row or room.isClosed then
  redis.call('ZREM', room.hosts_away, room.id)
  return 'not-due'
end
local hosts, grace_ms, action = row[6], row[7], row[8] or 'keep'
local state, since = note_host_state(room)
if state == 'present' then return 'present' end
local gone_at = since + grace_ms
if room.now < gone_at then
  redis.call('ZADD', room.hosts_away, text(gone_at), room.id)
  return 'not-due'
end
redis.call('HSET', room.hash, 'goneSince', since)
local was_there = redis.call('HGET', room.hash, 'hadHost') == '1'
if was_there and action == 'close' then
  redis.call('ZREM', room.hosts_away, room.id)
  log_entry(room, 'host-gone', '{"action":"close"}')
  announce_presence(room, '{}')
  close_room(room, expiry, 'closed', 'null')
  return 'closed'
end
local heir = was_there and action == 'transfer' and longest_player() or nil
if heir then
  change_hosts(room, members, with_host(hosts, heir), heir, nil, 'inherit', 'null')
elseif state ~= 'gone' then
  announce_presence(room, '{}')
end
redis.call('ZREM', room.hosts_away, room.id)
return heir and 'transferred' or 'gone'
