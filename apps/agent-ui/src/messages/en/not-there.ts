export const notThere = {
  page: {
    title: 'There is no such page.',
    advice: 'Check the address, or begin at the overview.',
    back: 'To the overview',
  },
  backup: {
    title: 'There is no such backup (any more).',
    advice: 'It may have been deleted, or its name is not right: look at the list of what is stored.',
    back: 'To the backups',
  },
  job: {
    title: 'There is no such job (any more).',
    advice: 'Old jobs are forgotten after a while: look at the list of those that are known.',
    back: 'To the jobs',
  },
  database: {
    title: 'There is no such database.',
    advice: 'Nothing is set for one of this name either: choose one of the list.',
    back: 'To the settings',
  },
} as const
