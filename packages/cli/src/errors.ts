/** Wrong arguments or unreadable input: exit 2, one message without a stack. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** What node:fs says, in words for people. */
export function fileProblem(error: unknown): string {
  const { code, message, syscall } = error as { code?: string; message?: string; syscall?: string };
  // What is thrown by ourselves says itself what is in the way.
  if (code === 'EEXIST' && syscall === undefined && message !== undefined) return message;
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    EEXIST: 'part of the path is a file',
    EISDIR: 'it is a directory',
    ENOTDIR: 'part of the path is a file',
    EROFS: 'the file system is read-only',
    ENOSPC: 'no space left',
    ELOOP: 'too many symbolic links',
    ENAMETOOLONG: 'its name is too long',
    EPERM: 'permission denied',
  };
  return words[code ?? ''] ?? message ?? String(error);
}
