-- Which of several servers does a task of a journal, and until when by this database's clock (milliseconds). `fence`
-- grows with every taking and never goes back, so a row stays for good.

CREATE TABLE leases (
  journal TEXT NOT NULL,
  task TEXT NOT NULL,
  holder TEXT NOT NULL,
  fence BIGINT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (journal, task)
);
