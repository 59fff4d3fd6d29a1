/** Has the process killed when this one is gone, however it went. Answers how to forget about it. */
export function guardProcess(pid: number): () => void;
/** Has the folder removed when this process is gone. Answers how to forget about it. */
export function guardFolder(folder: string): () => void;
