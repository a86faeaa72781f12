#include <stdio.h>

int main(int count, char **words) {
  printf("Greetings, %s. This program was built inside a Cartesi Machine.\n", count > 1 ? words[1] : "reader");
  return 0;
}
