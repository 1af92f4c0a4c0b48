import { CodecError } from '../codec/codec-error.js';
import type { Rejection } from './verdict.js';
import { reject } from './verdict.js';

/** A value that has no encoding cannot have been signed either. Anything but a CodecError is a defect of ours, and thrown. */
export function unreadable(error: unknown): Rejection {
  if (!(error instanceof CodecError)) throw error;
  return reject(error.code === 'too-large' ? 'too-large' : 'malformed', error.message);
}
