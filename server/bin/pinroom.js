#!/usr/bin/env node
// There before anything is built, so that npm can link it.
import '../dist/pinroom.js';
