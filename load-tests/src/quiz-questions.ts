export interface Question {
  readonly text: string;
  readonly options: readonly string[];
  /** Place of the right option. */
  readonly right: number;
}

export const QUESTIONS: readonly Question[] = [
  {
    text: 'Which planet has the shortest day?',
    options: ['Earth', 'Mars', 'Jupiter', 'Venus'],
    right: 2,
  },
  {
    text: 'How many bones has a grown-up human?',
    options: ['106', '206', '306', '406'],
    right: 1,
  },
  {
    text: 'Who wrote the first computer program?',
    options: ['Ada Lovelace', 'Alan Turing', 'Grace Hopper', 'Konrad Zuse'],
    right: 0,
  },
  {
    text: 'What is the largest desert?',
    options: ['Sahara', 'Gobi', 'Kalahari', 'Antarctica'],
    right: 3,
  },
  {
    text: 'Which metal is liquid at room temperature?',
    options: ['Tin', 'Mercury', 'Lead', 'Zinc'],
    right: 1,
  },
];
