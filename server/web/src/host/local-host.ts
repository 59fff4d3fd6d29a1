/** Whether a host name, as `location` has it, means the machine itself. */
export function isLocalHost(name: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(name);
}
