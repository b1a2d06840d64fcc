// What a Java program finds.
class Processors {
  public static void main(String[] arguments) {
    System.out.println(Runtime.getRuntime().availableProcessors());
  }
}
