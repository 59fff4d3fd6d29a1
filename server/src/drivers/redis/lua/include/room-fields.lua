-- What a node reads of a room, in the order of ROOM_FIELDS in room-fields.ts.
local function room_fields(hash)
  return redis.call('HMGET', hash,
    'pin', 'title', 'createdBy', 'hosts', 'locked', 'capacity', 'settings', 'rev', 'epoch', 'createdAt',
    'ttlMs', 'maxUntil', 'closedAt', 'closeReason', 'memberCount', 'players', 'activeAt',
    'presenceVersion', 'stateVersion', 'passcode')
end
