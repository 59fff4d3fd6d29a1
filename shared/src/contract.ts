/** The contract that both ends speak; nothing here runs I/O. */
export * from './channel.js';
export * from './codes.js';
export * from './commands.js';
export * from './entry-id.js';
export * from './events.js';
export * from './http.js';
export * from './limits.js';
export * from './merge-patch.js';
export * from './model.js';
export * from './operators.js';
export * from './schema.js';
export * from './schemas.js';
