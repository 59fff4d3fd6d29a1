import { describe, expect, it } from 'vitest';
import { chooseLanguage } from './languages.js';

describe('the language of a page', () => {
  it('is the first wish that the pages speak, whatever the region', () => {
    expect(chooseLanguage(['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(chooseLanguage([null, 'ar-EG'])).toBe('ar');
  });

  it('is English for everybody else', () => {
    expect(chooseLanguage([])).toBe('en');
    expect(chooseLanguage(['tlh', '', 'constructor'])).toBe('en');
  });
});
