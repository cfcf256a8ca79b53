let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) mkIf mkMerge mkDefault mkForce mkBefore mkAfter mkOrder;
in
import ./parts/eval.nix [
  ./parts/alpha.nix
  {
    service.enable = true;
    service.words = mkMerge [
      [ "c" ]
      (mkAfter [ "d" ])
      (mkIf false [ "never" ])
    ];
    service.text = "middle";
  }
  {
    service.words = mkBefore [ "b" ];
    service.text = mkAfter "end";
    service.port = mkDefault 1;
  }
  (mkIf true {
    service.words = mkOrder 100 [ "a" ];
    service.text = mkBefore "begin";
    service.port = mkForce (mkIf true 8080);
  })
  { service.port = 443; }
]
