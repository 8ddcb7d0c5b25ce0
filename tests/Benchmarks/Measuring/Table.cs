namespace PluginMail.Benchmarks.Measuring;

/// <summary>Prints costs as a table of plain text.</summary>
internal static class Table
{
    /// <summary>Prints a row a case.</summary>
    public static void Print(string title, IReadOnlyList<Case> cases, IReadOnlyList<Cost> costs)
    {
        int width = Math.Max(title.Length, cases.Max(measured => measured.Name.Length));
        Console.WriteLine($"{title.PadRight(width)}  {"median us",10}  {"fastest us",10}  {"processor us",12}  {"octets allocated",16}");
        foreach (var (measured, cost) in cases.Zip(costs))
        {
            Console.WriteLine(
                $"{measured.Name.PadRight(width)}  {Us(cost.Median),10}  {Us(cost.Fastest),10}  {Us(cost.Processor),12}  {cost.Allocated,16:N0}");
        }
    }

    private static string Us(double microseconds) => microseconds switch
    {
        < 1 => $"{microseconds:F3}",
        < 100 => $"{microseconds:F2}",
        _ => $"{microseconds:N0}",
    };
}
